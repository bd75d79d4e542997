import { getSystemErrorName } from 'node:util';
import { sourceError } from '../source/source-error.js';

/**
 * Node has no ioctl and no mmap, and V4L2 is made of them. koffi calls both in libc; its binaries for glibc and musl
 * come inside packages of the npm registry, so nothing is compiled. A native addon of our own would need a compiler or
 * a release for every platform; read() works only with the few drivers that have V4L2_CAP_READWRITE; ffmpeg and
 * v4l2-ctl are packages of the system. Loaded at first use, so that all else works where koffi has no binary.
 */
export interface Libc {
  /** @throws Errno */
  ioctl(fd: number, request: number, argument: Buffer): void;
  /** Shared and writable memory of a device, without a copy. @throws Errno */
  map(fd: number, length: number, offset: number): Mapping;
  watch(fd: number): Watch;
}

/** Waits in libuv's epoll, as sockets do: it takes no thread, and ends at once when told to. */
export interface Watch {
  /** Until there is something to read or an error to fetch, or `signal` is aborted. */
  ready(signal: AbortSignal): Promise<void>;
  /** Before the descriptor is closed. */
  close(): void;
}

export interface Mapping {
  /** Must not be touched after `unmap`: it is the memory itself. */
  readonly bytes: Uint8Array;
  unmap(): void;
}

/** A failed system call; `code` as in ENODEV. */
export class Errno extends Error {
  override readonly name = 'Errno';
  readonly code: string;

  constructor(errno: number) {
    const code = getSystemErrorName(-errno);
    super(code);
    this.code = code;
  }
}

/** Architectures whose struct layouts are proven against the kernel's headers. */
const architectures: ReadonlySet<string> = new Set(['x64', 'arm64']);
const [PROT_READ, PROT_WRITE, MAP_SHARED] = [1, 2, 1];

let loaded: Promise<Libc> | undefined;

/** @throws FACEPIPE_E_CAMERA_PLATFORM elsewhere than on 64-bit Linux, or where koffi cannot be loaded */
export function loadLibc(): Promise<Libc> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Libc> {
  const { platform, arch } = process;
  if (platform !== 'linux' || !architectures.has(arch)) {
    const reason = `it is made for Linux on x64 and arm64, and this is ${platform} on ${arch}`;
    throw sourceError('FACEPIPE_E_CAMERA_PLATFORM', { reason });
  }
  const { default: koffi } = await import('koffi').catch((error: unknown) => {
    const reason = `koffi cannot be loaded (${error instanceof Error ? error.message.split('\n')[0] : error})`;
    throw sourceError('FACEPIPE_E_CAMERA_PLATFORM', { reason }, error);
  });
  // of the process itself: glibc's and musl's files have different names
  const self = koffi.load(null);
  const ioctl = self.func('int ioctl(int fd, unsigned long request, void *argument)');
  const mmap = self.func(
    'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
  );
  const munmap = self.func('int munmap(void *address, size_t length)');
  const { EINTR } = koffi.os.errno;

  return {
    ioctl(fd, request, argument) {
      while (ioctl(fd, request, argument) < 0) {
        const errno = koffi.errno();
        if (errno !== EINTR) throw new Errno(errno);
      }
    },
    map(fd, length, offset) {
      const address: unknown = mmap(null, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
      if (koffi.address(address) === 0xffff_ffff_ffff_ffffn) throw new Errno(koffi.errno());
      const bytes = new Uint8Array(koffi.view(address, length));
      return { bytes, unmap: () => void munmap(address, length) };
    },
    watch(fd) {
      const poll = koffi.node.poll(fd, () => {});
      // it would call back for as long as nobody reads
      poll.stop();
      return {
        async ready(signal) {
          if (signal.aborted) return;
          let wake = () => {};
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener('abort', wake, { once: true });
            poll.start(wake);
          });
          poll.stop();
          signal.removeEventListener('abort', wake);
        },
        close: () => poll.close(),
      };
    },
  };
}
