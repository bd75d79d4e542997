import { usePage } from '../link/page.js';
import { signOut } from '../link/session.js';
import { hashOf, type View, views } from '../state/route.js';
import { Icon } from './icon.js';
import { ThemeButton } from './theme-button.js';
import { Wordmark } from './wordmark.js';

const names = { live: 'Live', visits: 'Visits', hops: 'Hops', areas: 'Areas' } as const;

/** Who it is, where one is, and who looks. The way between views is below on a phone. */
export function Header({ view }: { view: View }) {
  const { hello, hops, viewers, canSignOut } = usePage();
  const broken = [...hops.values()].filter(({ state }) => state === 'down').length;
  const listed = views.filter((name) => name !== 'areas' || hello?.video !== false);
  return (
    <header class="bar">
      <Wordmark />
      <nav aria-label="Views">
        {listed.map((name) => (
          <a key={name} href={hashOf({ view: name })} {...(name === view && { 'aria-current': 'page' })}>
            <Icon name={name} />
            {name === 'live' && hello?.video === false ? 'Devices' : names[name]}
            {name === 'hops' && broken > 0 && (
              <span class="flag">
                {broken}
                <span class="hidden"> down</span>
              </span>
            )}
          </a>
        ))}
      </nav>
      <p class="where">
        <span class="title">{hello?.title}</span>
        {viewers !== undefined && (
          <span class="viewers quiet" title="People who look at this page now">
            <Icon name="eye" />
            {viewers}
            <span class="hidden"> looking</span>
          </span>
        )}
      </p>
      <ThemeButton />
      {canSignOut && (
        <button
          type="button"
          class="plain"
          aria-label="Sign out"
          title="Sign out"
          onClick={() => void signOut()}
        >
          <Icon name="leave" />
        </button>
      )}
    </header>
  );
}
