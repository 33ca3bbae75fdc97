import { msg, str } from '@lit/localize';

export const playerWords = {
  title: () => msg('Player', { id: 'player.title' }),
  play: () => msg('Play', { id: 'player.play' }),
  pause: () => msg('Pause', { id: 'player.pause' }),
  back: (seconds: number) => msg(str`Back ${seconds} seconds`, { id: 'player.back' }),
  forward: (seconds: number) => msg(str`Forward ${seconds} seconds`, { id: 'player.forward' }),
  position: () => msg('Position', { id: 'player.position' }),
  ofTotal: (time: string, total: string) => msg(str`${time} of ${total}`, { id: 'player.of-total' }),
  speed: () => msg('Speed', { id: 'player.speed' }),
  skip: () => msg('Skip silence', { id: 'player.skip' }),
  zoom: () => msg('Zoom of the waveform', { id: 'player.zoom' }),
  zoomIn: () => msg('Zoom in', { id: 'player.zoom-in' }),
  zoomOut: () => msg('Zoom out', { id: 'player.zoom-out' }),
  zoomWhole: () => msg('Show all', { id: 'player.zoom-whole' }),
  drawing: (share: string) => msg(str`Drawing the waveform, ${share}`, { id: 'player.drawing' }),
  drawingOn: () => msg('Drawing the waveform', { id: 'player.drawing-on' }),
  partial: () =>
    msg('The waveform could not be drawn to its end. Its text is not affected.', { id: 'player.partial' }),
  unplayable: () =>
    msg(
      'This browser cannot play this sound: it has no decoder for it, or the file is damaged. The text is all there, and can be read and edited.',
      { id: 'player.unplayable' },
    ),
};
