/**
 * FFmpeg's audio decoders for mediabunny, such that damaged sound is reported and nothing else: the decoder that
 * `@mediabunny/server` registers lets its rejection go unhandled when a packet cannot be decoded, which ends a Node
 * process. Registered first, this one is found first.
 */
import { AvFrameAudioSampleResource } from '@mediabunny/server';
import {
  type AudioCodec,
  AudioSample,
  CustomAudioDecoder,
  type EncodedPacket,
  registerDecoder,
} from 'mediabunny';
import * as av from 'node-av';

const CODECS = new Map<AudioCodec, av.AVCodecID>([
  ['aac', av.AV_CODEC_ID_AAC],
  ['opus', av.AV_CODEC_ID_OPUS],
  ['mp3', av.AV_CODEC_ID_MP3],
  ['vorbis', av.AV_CODEC_ID_VORBIS],
  ['flac', av.AV_CODEC_ID_FLAC],
  ['ac3', av.AV_CODEC_ID_AC3],
  ['eac3', av.AV_CODEC_ID_EAC3],
]);

export function registerFfmpegDecoder(): void {
  registerDecoder(FfmpegDecoder);
}

class FfmpegDecoder extends CustomAudioDecoder {
  private readonly context = new av.CodecContext();
  private readonly frame = new av.Frame();
  private readonly packet = new av.Packet();
  private failed = false;

  static override supports(codec: AudioCodec): boolean {
    return CODECS.has(codec);
  }

  async init(): Promise<void> {
    await this.reporting(async () => {
      const { sampleRate, numberOfChannels, description } = this.config;
      const id = CODECS.get(this.codec);
      const codec = id === undefined ? null : av.Codec.findDecoder(id);
      if (codec === null) throw new Error(`no decoder for ${this.codec}`);
      this.frame.alloc();
      this.packet.alloc();
      this.context.allocContext3(codec);
      this.context.sampleRate = sampleRate;
      this.context.channelLayout = layout(numberOfChannels);
      this.context.timeBase = new av.Rational(1, sampleRate);
      if (description !== undefined) this.context.extraData = bytes(description);
      av.FFmpegError.throwIfError(await this.context.open2(), 'open');
    });
  }

  async decode(packet: EncodedPacket): Promise<void> {
    await this.reporting(async () => {
      const { sampleRate } = this.config;
      this.packet.isKeyframe = packet.type === 'key';
      this.packet.data = Buffer.from(packet.data);
      this.packet.timeBase = { num: 1, den: sampleRate };
      this.packet.pts = BigInt(Math.round(packet.timestamp * sampleRate));
      this.packet.dts = av.AV_NOPTS_VALUE;
      this.packet.duration = BigInt(Math.round(packet.duration * sampleRate));
      const sent = await this.context.sendPacket(this.packet);
      this.packet.unref();
      av.FFmpegError.throwIfError(sent, 'send packet');
      await this.receive();
    });
  }

  async flush(): Promise<void> {
    await this.reporting(async () => {
      av.FFmpegError.throwIfError(await this.context.sendPacket(null), 'flush');
      await this.receive();
      this.context.flushBuffers();
    });
  }

  close(): void {
    this.context.freeContext();
    this.frame.free();
    this.packet.free();
  }

  private async receive(): Promise<void> {
    for (;;) {
      const received = await this.context.receiveFrame(this.frame);
      if (received === av.AVERROR_EAGAIN || received === av.AVERROR_EOF) return;
      av.FFmpegError.throwIfError(received, 'receive frame');
      const copy = this.frame.clone();
      if (copy === null) throw new Error('out of memory for a frame');
      copy.timeBase = new av.Rational(1, this.config.sampleRate);
      this.onSample(new AudioSample(new AvFrameAudioSampleResource(copy)));
    }
  }

  /** One error, through the channel that someone listens to; afterwards nothing more is decoded. */
  private async reporting(work: () => Promise<void>): Promise<void> {
    if (this.failed) return;
    try {
      await work();
    } catch (thrown) {
      this.failed = true;
      this.onError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }
}

function layout(channels: number): av.ChannelLayout {
  if (channels === 1) return av.AV_CHANNEL_LAYOUT_MONO;
  if (channels === 2) return av.AV_CHANNEL_LAYOUT_STEREO;
  return { nbChannels: channels, order: av.AV_CHANNEL_ORDER_UNSPEC, mask: 0n };
}

function bytes(source: ArrayBufferLike | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}
