import { useMemo, useState } from 'preact/hooks';
import { usePage } from '../link/page.js';
import { useMedia } from '../link/use-media.js';
import { goTo, useRoute } from '../link/use-route.js';
import { Icon } from '../parts/icon.js';
import { Sheet } from '../parts/sheet.js';
import { hashOf } from '../state/route.js';
import { rowsFrom, visitRows } from '../state/visit-rows.js';
import { count, plural } from '../state/words.js';
import { useBeside } from './use-beside.js';
import { useReading } from './use-reading.js';
import { VisitDetail } from './visit-detail.js';
import { VisitItem } from './visit-item.js';
import { VisitsEmpty } from './visits-empty.js';

const pageOf = 50;

/** From here on what is open stands beside the list, below it is a sheet over it. */
const wide = '(min-width: 1200px)';

/** Visits, the newest first. While one reads, what is new waits behind a button. */
export function VisitsView() {
  const { visits, pictures, devices, hello, told } = usePage();
  const { device, open } = useRoute();
  const all = useMemo(() => visitRows(visits, pictures, device), [visits, pictures, device]);
  const isWide = useMedia(wide);
  const { top, catchUp } = useReading(all[0]?.begin, open !== undefined && !isWide);
  const { rows, newer } = rowsFrom(all, top);
  const [most, setMost] = useState(pageOf);
  const opened = open === undefined ? undefined : all.find(({ id }) => id === open);
  const beside = useBeside(rows, opened);
  const isGone = told && open !== undefined && !opened;
  const route = { view: 'visits', ...(device !== undefined && { device }) } as const;
  return (
    <div class="visits">
      <div class="tools">
        <h1>Visits</h1>
        <span class="count">{count(all.length)}</span>
        {device !== undefined && (
          <a class="filter" href={hashOf({ view: 'visits' })}>
            {device}
            <Icon name="close" />
            <span class="hidden">Show all devices</span>
          </a>
        )}
      </div>
      {newer > 0 && (
        <button type="button" class="newer" onClick={catchUp}>
          <Icon name="up" />
          {count(newer)} new
        </button>
      )}
      {told && all.length === 0 && <VisitsEmpty device={device} />}
      <ol class="list">
        {rows.slice(0, most).map((row) => (
          <VisitItem
            key={row.id}
            row={row}
            href={hashOf({ ...route, open: row.id })}
            device={devices.size > 1 && device === undefined}
            steps={hello?.steps ?? []}
            isOpen={isWide && row.id === beside?.id}
          />
        ))}
      </ol>
      {rows.length > most && (
        <button type="button" class="more" onClick={() => setMost(most + pageOf)}>
          Show {plural(Math.min(pageOf, rows.length - most), 'more', 'more')}
        </button>
      )}
      {isWide && (isGone || beside) && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <aside class="beside" aria-labelledby="beside" tabIndex={0}>
          <h2 id="beside" class="hidden">
            Visit
          </h2>
          <VisitDetail key={isGone ? open : beside?.id} row={isGone ? undefined : beside} />
        </aside>
      )}
      {!isWide && open !== undefined && (
        <Sheet title="Visit" onClose={() => goTo(route)}>
          <VisitDetail row={opened} />
        </Sheet>
      )}
    </div>
  );
}
