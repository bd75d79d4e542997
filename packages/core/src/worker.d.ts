// The part of the web's workers in use: they come with lib "DOM", which would bring a whole page.
declare class Worker {
  constructor(url: URL | string, options: { type: 'module' | 'classic'; name: string });
  onmessage: ((event: { data: unknown }) => void) | null;
  onmessageerror: (() => void) | null;
  onerror: ((event: { message?: string; preventDefault?(): void }) => void) | null;
  postMessage(message: unknown, transfer: readonly object[]): void;
  terminate(): void;
}
declare var importScripts: (...addresses: string[]) => void;
declare const location: { readonly href: string; readonly origin: string };
