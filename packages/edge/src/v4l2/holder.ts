import { readdir, readFile, readlink, stat } from 'node:fs/promises';

/** A group as /etc/group has it. */
export interface Group {
  name: string;
  /** Users that are in it beside those whose own group it is. */
  members: string[];
}

/** The mode of a device, and the group whose members may open it; undefined where the group has no name here. */
export async function groupOf(
  path: string,
): Promise<{ mode: number; gid: number; group: Group | undefined }> {
  const { mode, gid } = await stat(path);
  const groups = await readFile('/etc/group', 'utf8').catch(() => '');
  const fields = groups.split('\n').map((entry) => entry.split(':'));
  const [name, , , members = ''] = fields.find(([, , id]) => id === String(gid)) ?? [];
  const group = name === undefined ? undefined : { name, members: members.split(',').filter(Boolean) };
  return { mode, gid, group };
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
