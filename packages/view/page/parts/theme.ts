import { useEffect, useState } from 'preact/hooks';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const stored = 'facepipe-theme';
const listeners = new Set<() => void>();

export function theme(): Theme {
  try {
    return themes.find((name) => name === localStorage.getItem(stored)) ?? 'auto';
  } catch {
    // No storage for this page: the choice lasts as long as it is open
    return themes.find((name) => name === document.documentElement.dataset.theme) ?? 'auto';
  }
}

/** Without a choice, as the computer has it. */
export function applyTheme(name: Theme = theme()): void {
  document.documentElement.dataset.theme = name;
  try {
    localStorage.setItem(stored, name);
  } catch {
    // As above
  }
  for (const listener of listeners) listener();
}

/** Of the tokens that a canvas needs, in a form that it takes. */
export interface Colours {
  accent: string;
  fill: string;
  quiet: string;
  line: string;
}

function readColours(): Colours {
  const probe = document.createElement('span');
  document.body.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    accent: read('accent'),
    fill: read('accent-fill'),
    quiet: read('quiet'),
    line: read('line'),
  };
  probe.remove();
  return colours;
}

/** The colours of the scheme that is shown, and again when it is another. */
export function useColours(): Colours {
  const [colours, setColours] = useState(readColours);
  useEffect(() => {
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    const listener = (): void => setColours(readColours());
    scheme.addEventListener('change', listener);
    listeners.add(listener);
    return () => {
      scheme.removeEventListener('change', listener);
      listeners.delete(listener);
    };
  }, []);
  return colours;
}
