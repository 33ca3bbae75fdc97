import { str } from '@lit/localize';

export const player = {
  'player.title': '播放器',
  'player.play': '播放',
  'player.pause': '暂停',
  'player.back': str`后退 ${0} 秒`,
  'player.forward': str`前进 ${0} 秒`,
  'player.position': '播放位置',
  'player.of-total': str`${0}，共 ${1}`,
  'player.speed': '速度',
  'player.skip': '跳过静音',
  'player.zoom': '波形缩放',
  'player.zoom-in': '放大',
  'player.zoom-out': '缩小',
  'player.zoom-whole': '显示全部',
  'player.drawing': str`正在绘制波形，${0}`,
  'player.drawing-on': '正在绘制波形',
  'player.partial': '波形未能绘制到结尾。文字不受影响。',
  'player.unplayable': '此浏览器无法播放这段声音：没有相应的解码器，或文件已损坏。文字都在，可以阅读和编辑。',
};
