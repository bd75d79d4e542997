/** Whether a key is relative and stays where it is put: no empty, `.` or `..` parts, no NUL, no backslash. */
export function isKey(key: string): boolean {
  return !/[\0\\]/.test(key) && key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
