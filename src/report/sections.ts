/** All sections of a report, in reading order: what it says, why, what to do, and what it rests on. */
import type { ReportSection } from './report-section.js';
import type { ReportSource } from './report-source.js';
import { effectsSection, importanceSection, rowsSection, whatIfSection } from './sections-explanation.js';
import { dataSection, insightSection } from './sections-insight.js';
import { ensembleSection, reproduceSection, resultsSection, trainingSection } from './sections-model.js';

export function reportSections(source: ReportSource): ReportSection[] {
  const sections = [
    resultsSection(source),
    importanceSection(source),
    effectsSection(source),
    rowsSection(source),
    whatIfSection(source),
    insightSection(source),
    dataSection(source),
    ensembleSection(source),
    trainingSection(source),
    reproduceSection(source),
  ];
  return sections.filter((section) => section !== null).filter(({ parts }) => parts.length > 0);
}
