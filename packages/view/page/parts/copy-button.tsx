import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.js';

/** Copies a text, and says so for a moment. Where there is no clipboard (plain http), the text is selected by hand. */
export function CopyButton({ text, name }: { text: string; name: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(() => setCopied(false), 2000);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Not allowed by the browser: the text stands beside it, to be selected
    }
  };
  if (!navigator.clipboard) return null;
  return (
    <button type="button" onClick={() => void copy()}>
      <Icon name={isCopied ? 'ok' : 'copy'} />
      <span aria-live="polite">{isCopied ? 'Copied' : name}</span>
    </button>
  );
}
