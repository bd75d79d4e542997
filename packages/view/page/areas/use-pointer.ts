import { useRef } from 'preact/hooks';

/** A place in the picture, in fractions of it; `dx` and `dy` since the event before. */
export interface Place {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

interface PointerHandlers {
  onPointerDown: (event: PointerEvent & { currentTarget: Element }) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
}

/** Drags by mouse, pen or finger within the element of the class `editor`. */
export function usePointer(onDrag: (place: Place) => void): PointerHandlers {
  const drag = useRef<{ area: DOMRect; x: number; y: number } | undefined>(undefined);
  const end = (): void => {
    drag.current = undefined;
  };
  return {
    onPointerDown(event) {
      const { currentTarget, pointerId, clientX, clientY } = event;
      const area = currentTarget.closest('.editor')?.getBoundingClientRect();
      if (!area || event.button !== 0) return;
      currentTarget.setPointerCapture(pointerId);
      drag.current = { area, x: clientX, y: clientY };
    },
    onPointerMove({ clientX, clientY }) {
      const { current } = drag;
      if (!current || (clientX === current.x && clientY === current.y)) return;
      const { area } = current;
      onDrag({
        x: (clientX - area.left) / area.width,
        y: (clientY - area.top) / area.height,
        dx: (clientX - current.x) / area.width,
        dy: (clientY - current.y) / area.height,
      });
      drag.current = { area, x: clientX, y: clientY };
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
