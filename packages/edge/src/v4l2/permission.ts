/** What is known of a device that could not be opened, and of who tried. */
export interface Denial {
  path: string;
  /** Of open(2): EACCES by the device's owner, group and mode, EPERM by a container or a sandbox. */
  code: 'EACCES' | 'EPERM';
  mode: number;
  gid: number;
  /** Its name; undefined where this system has none for it, as in most containers. */
  group: string | undefined;
  /** Whether the user is in it, by this machine's list. */
  listed: boolean;
  /** Whether this process has it. */
  joined: boolean;
  user: string;
}

/** The group may read and write. */
const groupAccess = 0o060;

/** What opens a device to its user, and to nobody who need not have it. */
export function permissionRemedy(denial: Denial): string {
  const { path, code, mode, gid, group, listed, joined, user } = denial;
  const isOpen = (mode & groupAccess) === groupAccess;
  if (code === 'EPERM' || (joined && isOpen))
    return `A container or a sandbox forbids it, whatever the groups are: give it the device, as docker run --device ${path} does.`;
  // nobody should be root for a camera
  if (gid === 0 || !isOpen) {
    const rule = 'SUBSYSTEM=="video4linux", GROUP="video", MODE="0660"';
    return `No group but root may use it: sudo chgrp video ${path} && sudo chmod 660 ${path}, and for good a udev rule, ${rule}.`;
  }
  if (group === undefined) return `Start the container with --group-add ${gid}, the group of the device.`;
  if (listed)
    return `${user} is in its group ${group}, but not since this session began: log out and in again, or start a shell with: newgrp ${group}`;
  return `Join its group and log in again: sudo usermod -aG ${group} ${user}; a container needs --group-add ${group}.`;
}
