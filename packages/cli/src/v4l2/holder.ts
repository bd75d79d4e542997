import { readdir, readFile, readlink, stat } from 'node:fs/promises';

/** The group whose members may open a device, as in `video`; its number where it has no name. */
export async function groupOf(path: string): Promise<string> {
  const { gid } = await stat(path);
  const groups = await readFile('/etc/group', 'utf8').catch(() => '');
  const line = groups.split('\n').find((entry) => entry.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? String(gid);
}

/**
 * The other process that has a device open, as in `obs (process 4711)`. Undefined when it cannot be seen: it belongs to
 * another user or runs in another container.
 */
export async function holderOf(path: string): Promise<string | undefined> {
  const processes = (await readdir('/proc')).filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid),
  );
  for (const id of processes) {
    const folder = `/proc/${id}/fd`;
    for (const fd of await readdir(folder).catch(() => [])) {
      if ((await readlink(`${folder}/${fd}`).catch(() => '')) !== path) continue;
      const name = await readFile(`/proc/${id}/comm`, 'utf8').catch(() => '');
      return `${name.trim() || 'a program'} (process ${id})`;
    }
  }
  return undefined;
}
