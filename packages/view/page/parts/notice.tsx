import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.js';

/** What a view shows where there is nothing yet: what is so, and what to do. */
export function Notice({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="notice">
      <Icon name={icon} />
      <div>
        <h2>{title}</h2>
        {children}
      </div>
    </div>
  );
}
