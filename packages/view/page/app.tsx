import { useEffect, useRef } from 'preact/hooks';
import { AreasView } from './areas/areas-view.js';
import { HopsView } from './hops/hops-view.js';
import { usePage } from './link/page.js';
import { useRoute } from './link/use-route.js';
import { LiveView } from './live/live-view.js';
import { Announcer } from './parts/announcer.js';
import { Header } from './parts/header.js';
import { LostBanner } from './parts/lost-banner.js';
import { SignIn } from './parts/sign-in.js';
import { VisitsView } from './visits/visits-view.js';

const shown = { live: LiveView, visits: VisitsView, hops: HopsView, areas: AreasView } as const;
const names = { live: 'Live', visits: 'Visits', hops: 'Hops', areas: 'Areas' } as const;

export function App() {
  const { connection, hello, told } = usePage();
  const { view } = useRoute();
  const main = useRef<HTMLElement>(null);
  const title = hello?.title;
  useEffect(() => {
    document.title = title === undefined ? 'facepipe' : `${names[view]} · ${title} · facepipe`;
    window.scrollTo({ top: 0 });
  }, [title, view]);
  if (connection.phase === 'signed-out') return <SignIn />;
  const View = shown[view];
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        To the content
      </button>
      <Header view={view} />
      <LostBanner />
      <main
        ref={main}
        id="content"
        tabIndex={-1}
        class={connection.phase === 'lost' ? 'stale' : ''}
        aria-busy={!told}
      >
        {hello ? (
          <View />
        ) : (
          <h1 class="first">{connection.phase === 'lost' ? 'No connection yet.' : 'Connecting …'}</h1>
        )}
      </main>
      <Announcer />
    </>
  );
}
