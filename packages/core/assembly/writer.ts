// Writes words one after the other.

let to: usize = 0;

export function here(): usize {
  return to;
}

export function goTo(address: usize): void {
  to = address;
}

export function int(value: i32): void {
  store<i32>(to, value);
  to += 4;
}

export function real(value: f32): void {
  store<f32>(to, value);
  to += 4;
}
