import { useState } from 'preact/hooks';
import { usePage } from '../link/page.js';
import { FacePicture } from '../parts/face-picture.js';
import { QualityTable } from '../parts/quality.js';
import { Clock } from '../parts/time.js';
import { bestPicture, type VisitRow } from '../state/visit-rows.js';
import { PictureFacts } from './picture-facts.js';
import { PictureStrip } from './picture-strip.js';
import { PictureWay } from './picture-way.js';
import { Duration } from './visit-item.js';

/** All that is known of a visit: its pictures, large, with their facts and their way. */
export function VisitDetail({ row }: { row: VisitRow | undefined }) {
  const { hello } = usePage();
  const [chosen, setChosen] = useState<string>();
  if (!row)
    return <p class="quiet">This visit is no longer kept here. Its pictures are where they were sent to.</p>;
  const picture = row.pictures.find(({ id }) => id === chosen) ?? bestPicture(row);
  return (
    <div class="detail">
      <p class="summary">
        <Clock time={row.begin} />
        <Duration row={row} />
        <span class="quiet">{row.device}</span>
      </p>
      {!picture && <p class="quiet">No picture of it was sent yet.</p>}
      {picture && (
        <>
          <div class="large">
            <FacePicture id={picture.id} kept={picture.kept} name={`Face, ${row.device}`} />
          </div>
          {row.pictures.length > 1 && (
            <PictureStrip pictures={row.pictures} chosen={picture.id} onChoose={setChosen} />
          )}
          <h3>Way</h3>
          <PictureWay picture={picture} steps={hello?.steps ?? []} />
          {picture.quality !== undefined && (
            <h3>
              Quality <span class="number">{Math.round(picture.quality)}</span>
            </h3>
          )}
          {picture.parts && <QualityTable parts={picture.parts} />}
          <h3>Facts</h3>
          <PictureFacts picture={picture} frames={row.visit?.frames} objects={hello?.objects ?? false} />
        </>
      )}
    </div>
  );
}
