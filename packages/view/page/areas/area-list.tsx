import { Icon } from '../parts/icon.js';
import { newShape, type Shape } from '../state/shape.js';

interface Properties {
  shapes: readonly Shape[];
  /** Those that the capture has now. */
  known: readonly Shape[];
  selected: number | undefined;
  onSelect: (id: number | undefined) => void;
  onChange: (shapes: readonly Shape[]) => void;
}

const names = { include: 'Include', exclude: 'Exclude' } as const;

export function AreaList({ shapes, known, selected, onSelect, onChange }: Properties) {
  const add = (kind: Shape['kind']): void => {
    const shape = newShape(kind, shapes);
    onChange([...shapes, shape]);
    onSelect(shape.id);
  };
  return (
    <section aria-labelledby="areas">
      <h2 id="areas">Where faces count</h2>
      <p class="quiet">
        A face counts where its middle is in an include area and in no exclude area. Without an include area,
        the whole picture counts.
      </p>
      <ul class="area-list">
        {shapes.map((shape, index) => (
          <li key={shape.id}>
            <button type="button" aria-pressed={shape.id === selected} onClick={() => onSelect(shape.id)}>
              <span class={`swatch ${shape.kind}`} aria-hidden="true" />
              {names[shape.kind]} <span class="quiet">{shape.points.length} points</span>
            </button>
            <button
              type="button"
              class="plain"
              aria-label={`Delete area ${index + 1}`}
              onClick={() => onChange(shapes.filter(({ id }) => id !== shape.id))}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={() => add('include')}>
          <Icon name="plus" />
          Include
        </button>
        <button type="button" onClick={() => add('exclude')}>
          <Icon name="plus" />
          Exclude
        </button>
        <button type="button" disabled={shapes === known} onClick={() => onChange(known)}>
          <Icon name="undo" />
          As the capture has them
        </button>
      </div>
    </section>
  );
}
