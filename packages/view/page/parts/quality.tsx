import type { QualityParts } from '@facepipe/wire';

/** In the order of the text form. */
const partNames = ['size', 'sharpness', 'frontality', 'exposure', 'edge', 'motion'] as const;

/** The quality as a number, and its parts as a small row of columns. */
export function Quality({
  quality,
  parts,
}: {
  quality: number | undefined;
  parts?: QualityParts | undefined;
}) {
  if (quality === undefined) return null;
  const text = parts && partNames.map((part) => `${part} ${Math.round(parts[part])}`).join(', ');
  return (
    <span class="quality" title={text ? `Quality ${Math.round(quality)}: ${text}` : 'Quality'}>
      <span class="hidden">Quality </span>
      <span class="number">{Math.round(quality)}</span>
      {parts && (
        <svg class="columns" viewBox="0 0 35 16" aria-hidden="true">
          {partNames.map((part, index) => {
            const height = Math.max(1, Math.round((parts[part] / 100) * 16));
            return <rect key={part} x={index * 6} y={16 - height} width="4" height={height} />;
          })}
        </svg>
      )}
    </span>
  );
}

/** Each part with its name, bar and number. */
export function QualityTable({ parts }: { parts: QualityParts }) {
  return (
    <dl class="parts">
      {partNames.map((part) => (
        <div key={part}>
          <dt>{part}</dt>
          <dd>
            <span class="track">
              <span class="share" style={{ width: `${parts[part]}%` }} />
            </span>
            <span class="number">{Math.round(parts[part])}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
