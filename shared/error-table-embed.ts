/** What can go wrong on a page that embeds Sotto. */
export const EMBED_ERRORS = {
  target_missing: {
    status: 400,
    retryable: false,
    message: 'This page has no such field, or no such player, as the one that is named here.',
    next: 'Nothing was recorded. Whoever made the page can put it right: “for” names a field, “media” a player, by id.',
  },
  media_empty: {
    status: 400,
    retryable: true,
    message: 'The player has nothing to caption yet.',
    next: 'Choose or start what it is to play, then press again.',
  },
} as const;
