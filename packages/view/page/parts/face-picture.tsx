import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.js';

/** A picture as it was sent, or a placeholder where the server has forgotten it. */
export function FacePicture({ id, kept, name }: { id: string | undefined; kept: boolean; name: string }) {
  const [isMissing, setMissing] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture is another try
  useEffect(() => setMissing(false), [id]);
  if (id === undefined || !kept || isMissing) {
    return (
      <span class="face none" role="img" aria-label={`${name}: picture not kept`} title="Picture not kept here">
        <Icon name="visits" />
      </span>
    );
  }
  return (
    <img
      class="face"
      src={`pictures/${encodeURIComponent(id)}`}
      alt={name}
      loading="lazy"
      decoding="async"
      onError={() => setMissing(true)}
    />
  );
}
