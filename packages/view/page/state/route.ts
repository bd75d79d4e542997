export const views = ['live', 'visits', 'hops', 'areas'] as const;
export type View = (typeof views)[number];

/** What the address says behind its `#`. */
export interface Route {
  view: View;
  /** Only what is of this device. */
  device?: string;
  /** Id of the visit, or of the picture without one, that is open. */
  open?: string;
}

/** `#/visits?device=door&open=01J…`; anything else is the live view. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const view = views.find((name) => name === path) ?? 'live';
  const fields = new URLSearchParams(query);
  const device = fields.get('device');
  const open = fields.get('open');
  return { view, ...(device && { device }), ...(open && { open }) };
}

export function hashOf({ view, device, open }: Route): string {
  const fields = new URLSearchParams({ ...(device && { device }), ...(open && { open }) });
  const query = fields.toString();
  return `#/${view}${query && `?${query}`}`;
}
