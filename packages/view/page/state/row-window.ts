/** Rows of one height that are to be drawn: from `first` to before `end`, and the pixels above and below them. */
export interface RowWindow {
  first: number;
  end: number;
  above: number;
  below: number;
}

/** `top`: pixels of the list that are above the window; `height`: of the window. Some more rows on both sides. */
export function rowWindow(
  count: number,
  rowHeight: number,
  top: number,
  height: number,
  spare = 8,
): RowWindow {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - spare));
  const end = Math.max(first, Math.min(count, Math.ceil((top + height) / rowHeight) + spare));
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}
