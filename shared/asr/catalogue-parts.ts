/** What entries of the catalogue are put together from. */
import { DEFAULT_PLAN } from '../speech/plans.ts';
import type { DtypeDevice, DtypePair, ModelSizes } from './catalogue.ts';

export type Dtypes = Readonly<Record<DtypeDevice, DtypePair>>;

export const FP32: DtypePair = { encoder: 'fp32', decoder: 'fp32' };
export const Q8: DtypePair = { encoder: 'q8', decoder: 'q8' };
export const Q4: DtypePair = { encoder: 'q4', decoder: 'q4' };
export const INT8: DtypePair = { encoder: 'int8', decoder: 'int8' };
export const FP32_Q8: DtypePair = { encoder: 'fp32', decoder: 'q8' };
export const FP32_Q4: DtypePair = { encoder: 'fp32', decoder: 'q4' };
export const FP16_Q4: DtypePair = { encoder: 'fp16', decoder: 'q4' };

/** What the models of the hub have in common. */
export const HUB = {
  source: 'hub',
  windowSeconds: 30,
  plan: DEFAULT_PLAN,
  demo: false,
  recommended: false,
  supported: true,
} as const;

export interface HubModel {
  readonly name: string;
  readonly label: string;
  readonly revision: string;
  readonly weights: Pick<ModelSizes, 'encoder' | 'decoder'>;
  readonly recommended?: boolean;
  readonly licence?: string;
}
