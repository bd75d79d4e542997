import { FleetView } from '../fleet/fleet-view.js';
import { usePage } from '../link/page.js';
import { InView } from './in-view.js';
import { LatestPictures } from './latest-pictures.js';
import { Stage } from './stage.js';
import { useRatio } from './use-ratio.js';

/** The camera with what is seen in it; without one, the devices. */
export function LiveView() {
  const { hello } = usePage();
  const { ratio, isKnown } = useRatio();
  if (hello && !hello.video) return <FleetView />;
  return (
    <div class="live" style={{ '--ratio': `${ratio}` }}>
      <h1 class="hidden">Live</h1>
      <Stage isKnown={isKnown} />
      <div class="rail">
        <InView />
        <LatestPictures />
      </div>
    </div>
  );
}
