import { usePage } from '../link/page.js';
import { Notice } from '../parts/notice.js';
import { HopCharts } from './hop-charts.js';
import { HopItem } from './hop-item.js';
import { Problems } from './problems.js';

/** Each program and link on the way: how it is, the last hour of it, and what went wrong. */
export function HopsView() {
  const { hops, told } = usePage();
  return (
    <div class="hops">
      <h1>Hops</h1>
      {told && hops.size === 0 && (
        <Notice icon="hops" title="Nothing is known of the way yet">
          <p>Programs are listed here as their first status comes.</p>
        </Notice>
      )}
      <ol class="pipeline">
        {[...hops.values()].map((hop) => (
          <HopItem key={hop.hop} hop={hop} />
        ))}
      </ol>
      <Problems />
      <HopCharts />
    </div>
  );
}
