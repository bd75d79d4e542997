import { usePage } from '../link/page.js';
import { Icon } from '../parts/icon.js';
import { Ago } from '../parts/time.js';

const shown = 30;

/** The latest warnings and errors, the newest first. */
export function Problems() {
  const { problems, told } = usePage();
  const latest = problems.slice(-shown).reverse();
  return (
    <section class="problems" aria-labelledby="problems">
      <h2 id="problems">Problems</h2>
      {told && latest.length === 0 && <p class="quiet">None so far.</p>}
      <ol>
        {latest.map(({ problem, level, time, text, code, help, device }) => (
          <li key={problem}>
            <span class={`mark ${level === 'error' ? 'bad' : 'warn'}`}>
              <Icon name={level === 'error' ? 'bad' : 'warn'} />
              <span class="hidden">{level === 'error' ? 'Error' : 'Warning'}</span>
            </span>
            <p>
              {text}
              <span class="quiet">
                <Ago time={time} />
                {device !== undefined && <span>{device}</span>}
                {help !== undefined ? (
                  <a href={help} target="_blank" rel="noreferrer">
                    {code ?? 'What to do'}
                  </a>
                ) : (
                  code !== undefined && <code>{code}</code>
                )}
              </span>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
