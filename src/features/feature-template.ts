/** The words of one feature's values; see feature-templates.ts. */

export interface FeatureTemplate {
  readonly some: string;
  /** For 0. */
  readonly zero?: string;
  readonly missing?: string;
}
