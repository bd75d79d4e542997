// the package has no types of its own
declare module 'aedes-persistence-level' {
  import type { ClassicLevel } from 'classic-level';

  export default function createPersistence(db: ClassicLevel<string, Buffer>): object;
}
