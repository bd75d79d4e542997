import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../link/page.js';
import { plural } from '../state/words.js';

/** Arrivals are told this often at most, ms. */
const every = 10_000;

/** Tells those who listen what others see: arrivals, the connection, hops that go down or come back. */
export function Announcer() {
  const { pictures, hops, connection, told } = usePage();
  const [text, setText] = useState('');
  const known = useRef<{ pictures: Set<string>; hops: Map<string, string>; told: boolean; at: number }>({
    pictures: new Set(),
    hops: new Map(),
    told: false,
    at: 0,
  });
  const isLost = connection.phase === 'lost';

  useEffect(() => {
    if (known.current.told) setText(isLost ? 'Connection lost' : 'Connected again');
  }, [isLost]);

  useEffect(() => {
    const before = known.current;
    for (const { hop, title, state, reason = '' } of hops.values()) {
      const was = before.hops.get(hop);
      if (was !== undefined && was !== state) setText(`${title} is ${state}. ${reason}`);
      before.hops.set(hop, state);
    }
  }, [hops]);

  useEffect(() => {
    const before = known.current;
    if (!told) return;
    if (before.told && Date.now() - before.at < every) return;
    const fresh = [...pictures.keys()].filter((id) => !before.pictures.has(id)).length;
    if (before.told && fresh === 0) return;
    if (before.told) setText(plural(fresh, 'new picture'));
    before.pictures = new Set(pictures.keys());
    before.at = Date.now();
    before.told = true;
  }, [pictures, told]);

  return (
    <p class="hidden" aria-live="polite">
      {text}
    </p>
  );
}
