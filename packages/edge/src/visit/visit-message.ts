/** What a capture tells of its visits, in their order. */
export type VisitMessage = { visit: string; begin: string; active: number } & (
  | { type: 'begin' }
  | { type: 'picture'; frames: number; picture: string; quality: number }
  | { type: 'end'; end: string; frames: number; quality?: number }
);
