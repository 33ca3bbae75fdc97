/** The microphones a person can choose between. */

export interface Microphone {
  readonly deviceId: string;
  /** the system's name for it; '' before the microphone was ever allowed */
  readonly label: string;
}

/** Calls `listener` with the list now, on `refresh` and whenever a device comes or goes. */
export function watchMicrophones(listener: (microphones: readonly Microphone[]) => void): {
  refresh(): void;
  stop(): void;
} {
  // Undefined on pages that are not secure: there is nothing to choose then, and recording says why.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const refresh = () => {
    devices?.enumerateDevices().then(
      (all) => listener(choices(all)),
      () => listener([]),
    );
  };
  devices?.addEventListener('devicechange', refresh);
  refresh();
  return { refresh, stop: () => devices?.removeEventListener('devicechange', refresh) };
}

/** Without the aliases some browsers add for the system's own choice, which the page offers itself. */
export function choices(
  devices: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
): Microphone[] {
  return devices
    .filter(({ kind }) => kind === 'audioinput')
    .filter(({ deviceId }) => !['', 'default', 'communications'].includes(deviceId))
    .map(({ deviceId, label }) => ({ deviceId, label }));
}
