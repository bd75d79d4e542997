import { moveShape, type Shape } from '../state/shape.js';
import { usePointer } from './use-pointer.js';

interface Properties {
  shapes: readonly Shape[];
  selected: number | undefined;
  onSelect: (id: number) => void;
  onChange: (shape: Shape) => void;
}

const pointsText = ({ points }: Shape): string => points.map(([x, y]) => `${x * 1000},${y * 1000}`).join(' ');

/** What does not count is dark; excluded areas are hatched. An area is moved by dragging it. */
export function AreaShapes({ shapes, selected, onSelect, onChange }: Properties) {
  const included = shapes.filter(({ kind }) => kind === 'include');
  return (
    <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      <defs>
        <mask id="outside">
          <rect width="1000" height="1000" fill="white" />
          {included.map((shape) => (
            <polygon key={shape.id} points={pointsText(shape)} fill="black" />
          ))}
        </mask>
        <pattern
          id="hatch"
          width="16"
          height="16"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="6" height="16" class="hatch" />
        </pattern>
      </defs>
      {included.length > 0 && <rect width="1000" height="1000" mask="url(#outside)" class="outside" />}
      {shapes.map((shape) => (
        <AreaShape
          key={shape.id}
          shape={shape}
          isSelected={shape.id === selected}
          onSelect={onSelect}
          onChange={onChange}
        />
      ))}
    </svg>
  );
}

interface ShapeProperties {
  shape: Shape;
  isSelected: boolean;
  onSelect: (id: number) => void;
  onChange: (shape: Shape) => void;
}

function AreaShape({ shape, isSelected, onSelect, onChange }: ShapeProperties) {
  const pointer = usePointer(({ dx, dy }) => onChange(moveShape(shape, dx, dy)));
  return (
    <polygon
      points={pointsText(shape)}
      class={`${shape.kind}${isSelected ? ' selected' : ''}`}
      {...pointer}
      onPointerDown={(event) => {
        onSelect(shape.id);
        pointer.onPointerDown(event);
      }}
    />
  );
}
