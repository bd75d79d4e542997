import { useRef } from 'preact/hooks';
import { insertPoint, middle, movePoint, pointAt, removePoint, type Shape } from '../state/shape.js';
import { AreaShapes } from './area-shapes.js';
import { usePointer } from './use-pointer.js';

/** Steps of the arrow keys, in fractions of the frame. */
const step = 0.01;
const smallStep = 0.001;

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Properties {
  shapes: readonly Shape[];
  selected: number | undefined;
  onSelect: (id: number) => void;
  onChange: (shape: Shape) => void;
}

/** The areas over the picture; the points of the selected one can be moved. */
export function AreaEditor({ shapes, selected, onSelect, onChange }: Properties) {
  const place = useRef<HTMLDivElement>(null);
  const shape = shapes.find(({ id }) => id === selected);
  return (
    <div class="editor" ref={place}>
      <AreaShapes shapes={shapes} selected={selected} onSelect={onSelect} onChange={onChange} />
      {shape?.points.map((_, index) => (
        <Middle key={`middle-${index + 1}`} shape={shape} index={index} onChange={onChange} />
      ))}
      {shape?.points.map((_, index) => (
        <Handle key={`point-${index + 1}`} shape={shape} index={index} onChange={onChange} />
      ))}
    </div>
  );
}

interface PointProperties {
  shape: Shape;
  index: number;
  onChange: (shape: Shape) => void;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** A point of the selected area. */
function Handle({ shape, index, onChange }: PointProperties) {
  const [x, y] = shape.points[index] ?? [0, 0];
  const pointer = usePointer((to) => onChange(movePoint(shape, index, pointAt(to.x, to.y))));
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = arrows[event.key];
    if (arrow) {
      const by = event.shiftKey ? smallStep : step;
      onChange(movePoint(shape, index, pointAt(x + arrow[0] * by, y + arrow[1] * by)));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(removePoint(shape, index));
    } else return;
    event.preventDefault();
  };
  const name = `Point ${index + 1} of ${shape.points.length}: ${percent(x)} from the left, ${percent(y)} from the top`;
  return (
    <button
      type="button"
      class={`point ${shape.kind}`}
      style={{ left: percent(x).replace(' ', ''), top: percent(y).replace(' ', '') }}
      aria-label={name}
      onKeyDown={onKeyDown}
      {...pointer}
    />
  );
}

/** Between two points: adds one there, and takes it along when it is dragged. */
function Middle({ shape, index, onChange }: PointProperties) {
  const [x, y] = middle(shape.points, index);
  const isAdded = useRef(false);
  const pointer = usePointer((to) => {
    const whole = isAdded.current ? shape : insertPoint(shape, index);
    isAdded.current = true;
    onChange(movePoint(whole, index + 1, pointAt(to.x, to.y)));
  });
  return (
    <button
      type="button"
      class={`middle ${shape.kind}`}
      style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
      aria-label={`Add a point after point ${index + 1}`}
      {...pointer}
      onClick={() => {
        if (!isAdded.current) onChange(insertPoint(shape, index));
        isAdded.current = false;
      }}
    />
  );
}
