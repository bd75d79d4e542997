/** The topics of a device, by what they carry: templates for `fillTopic`. */
export const topics = {
  /** Faces: image files with their metadata. */
  faces: 'facepipe/{device}/faces',
  /** Receipts: what a store has, and what it will never have. */
  stored: 'facepipe/{device}/stored',
  /** Dead letters: messages that could not be taken further. */
  dead: 'facepipe/{device}/dead',
  /** The retained status of a capture. */
  status: 'facepipe/{device}/status',
  /** Visits of faces: that they begin, get a picture, and end. */
  visits: 'facepipe/{device}/visits',
} as const;

/** Stands for the device in the topic of a dead letter whose own topic names none. */
export const noDevice = '_';

/** The topic filters of all devices. */
export const topicFilters = {
  faces: 'facepipe/+/faces',
  stored: 'facepipe/+/stored',
  dead: 'facepipe/+/dead',
  status: 'facepipe/+/status',
  visits: 'facepipe/+/visits',
} as const satisfies Record<keyof typeof topics, string>;
