import { usePage } from '../link/page.js';
import { Notice } from '../parts/notice.js';

/** Why there are no visits to show, and what to do. */
export function VisitsEmpty({ device }: { device: string | undefined }) {
  const { hello } = usePage();
  if (device !== undefined) {
    return (
      <Notice icon="visits" title={`No visits of ${device}`}>
        <p>
          They are listed as it sends them. Older ones are no longer kept here; their pictures are where they
          were sent.
        </p>
      </Notice>
    );
  }
  return (
    <Notice icon="visits" title="Nobody yet">
      <p>
        {hello?.video
          ? 'Step in front of the camera. A visit is listed while it lasts, and its best picture after some seconds.'
          : 'Visits are listed as the devices of this broker send them.'}
      </p>
    </Notice>
  );
}
