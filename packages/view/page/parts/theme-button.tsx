import { useState } from 'preact/hooks';
import { Icon } from './icon.js';
import { applyTheme, theme, themes } from './theme.js';

const names = { auto: 'as the computer has it', light: 'light', dark: 'dark' } as const;

/** One after the other: as the computer has it, light, dark. */
export function ThemeButton() {
  const [chosen, setChosen] = useState(theme());
  const next = themes[(themes.indexOf(chosen) + 1) % themes.length] ?? 'auto';
  return (
    <button
      type="button"
      class="plain"
      aria-label={`Colours: ${names[chosen]}. Change to ${names[next]}`}
      title={`Colours: ${names[chosen]}`}
      onClick={() => {
        applyTheme(next);
        setChosen(next);
      }}
    >
      <Icon name={chosen} />
    </button>
  );
}
