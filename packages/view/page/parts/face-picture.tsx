import { useState } from 'preact/hooks';
import { Icon } from './icon.js';

interface Properties {
  id: string | undefined;
  kept: boolean;
  /** For those who do not see it; empty where words beside it say the same. */
  name: string;
}

/** A picture as it was sent, or a placeholder where the server has forgotten it. */
export function FacePicture({ id, kept, name }: Properties) {
  const [missing, setMissing] = useState<string>();
  if (id === undefined || !kept || missing === id) {
    return (
      <span class="face none" title={id === undefined ? 'No picture' : 'Picture not kept here'}>
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
      onError={() => setMissing(id)}
    />
  );
}
