import { useEffect, useState } from 'preact/hooks';
import { hashOf, type Route, routeOf } from '../state/route.js';

/** The route of the address, and again when it is another. */
export function useRoute(): Route {
  const [route, setRoute] = useState(routeOf(location.hash));
  useEffect(() => {
    const listener = (): void => setRoute(routeOf(location.hash));
    window.addEventListener('hashchange', listener);
    return () => window.removeEventListener('hashchange', listener);
  }, []);
  return route;
}

export function goTo(route: Route): void {
  location.hash = hashOf(route);
}
