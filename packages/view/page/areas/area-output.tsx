import { CopyButton } from '../parts/copy-button.js';
import { Icon } from '../parts/icon.js';
import { configOf, flagsOf, type Shape } from '../state/shape.js';

/** What to start the capture with. */
export function AreaOutput({ shapes }: { shapes: readonly Shape[] }) {
  const flags = flagsOf(shapes);
  const save = (): void => {
    const address = URL.createObjectURL(new Blob([configOf(shapes)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'areas.json';
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  return (
    <section aria-labelledby="flags">
      <h2 id="flags">Take along</h2>
      {flags.length === 0 ? (
        <p class="quiet">No areas: no flags. The whole picture counts.</p>
      ) : (
        <>
          <p class="quiet">
            Start the capture again with these flags, or with the file as its <code>--config</code>.
          </p>
          <pre class="flags">{flags.join('\n')}</pre>
          <div class="buttons">
            <CopyButton text={flags.join(' ')} name="Copy flags" />
            <button type="button" onClick={save}>
              <Icon name="save" />
              Save as file
            </button>
          </div>
        </>
      )}
    </section>
  );
}
