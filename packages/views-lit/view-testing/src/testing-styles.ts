import { css } from 'lit'

/**
 * Layout of `vatun-testing`. The images take what is left: `--side`, the side of their square boxes, follows from the size of the
 * panel's body, so that nothing scrolls unless the panel is tiny.
 */
export const testingStyles = css`
  :host {
    display: block;
    height: 100%;
    min-height: 280px;
    min-width: 0;
    background: var(--_bg);
  }
  .panel {
    display: flex;
    flex-direction: column;
    height: 100%;
    position: relative;
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: auto;
    container-type: size;
  }
  .layout {
    --charts: 124px;
    --side: clamp(
      88px,
      min(100cqh - var(--charts) - 90px, (100cqw - 24px - 240px - 162px - 44px) / 2),
      360px
    );
    display: grid;
    grid-template:
      'images classes changes' 1fr
      'explain explain changes' auto
      'charts charts charts' var(--charts) / max-content minmax(130px, 1fr) 240px;
    gap: 6px 16px;
    min-height: 100%;
    padding: 8px 12px 6px;
  }
  .images {
    grid-area: images;
    display: flex;
    gap: 12px;
  }
  .classes {
    grid-area: classes;
    min-width: 0;
  }
  .explain {
    grid-area: explain;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    align-self: start;
    gap: 4px 8px;
    min-width: 0;
    min-height: 24px;
  }
  .changes {
    grid-area: changes;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .sweeps {
    grid-area: charts;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    padding-top: 4px;
    border-top: 1px solid var(--_line);
  }
  h3,
  caption {
    margin: 0;
    font-size: 13px;
    font-weight: 600;
    line-height: 18px;
    text-align: left;
  }

  figure {
    margin: 0;
    width: var(--side);
    min-width: 0;
  }
  figcaption,
  .name {
    display: block;
    min-width: 0;
    overflow: hidden;
    line-height: 18px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .under {
    display: flex;
    gap: 6px;
    white-space: nowrap;
  }
  .frame {
    display: flex;
    align-items: center;
    justify-content: center;
    width: var(--side);
    height: var(--side);
    background: var(--_sunken);
  }
  .stage {
    position: relative;
    overflow: hidden;
    width: calc(var(--side) * min(1, var(--ratio)));
    height: calc(var(--side) / max(1, var(--ratio)));
    transition: opacity 150ms 350ms;
  }
  .stage.outdated {
    opacity: 0.45;
  }
  .tile {
    width: 100%;
    height: 100%;
    image-rendering: pixelated;
  }
  .frame vatun-state {
    flex: 1;
    min-width: 0;
    max-height: 100%;
    overflow: auto;
  }

  .class-table {
    width: 100%;
    border-spacing: 0;
    line-height: 17px;
  }
  .class-table tr {
    display: grid;
    grid-template: 'name before arrow after' 17px 'bars bars bars bars' 8px / minmax(0, 1fr) auto 16px 24px;
    max-width: 320px;
  }
  .class-table th,
  .class-table td {
    padding: 0;
    font-weight: 400;
    text-align: right;
  }
  .class-table tbody th {
    grid-area: name;
    padding-right: 6px;
    overflow: hidden;
    text-align: left;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .class-table .arrow {
    color: var(--_muted);
    text-align: center;
  }
  .class-table .bars {
    grid-area: bars;
  }
  .bar {
    display: block;
    height: 2px;
    min-width: 1px;
    margin-top: 1px;
  }
  .bar.before {
    opacity: 0.45;
  }
  .classes p {
    margin: 0;
  }
  .skeleton {
    height: 13px;
    margin: 6px 0 12px;
    background: var(--_sunken);
  }
  .swatch {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-right: 6px;
    border-radius: 2px;
  }
  .drift {
    margin: 4px 0 0;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    cursor: help;
  }

  .explain label {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-width: 0;
  }
  .explain .opacity {
    width: 56px;
  }
  .explain select {
    max-width: 104px;
  }
  .scale {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    white-space: nowrap;
  }
  .scale i {
    width: 48px;
    height: 8px;
  }
  .status {
    min-width: 0;
    max-width: 220px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .error {
    color: var(--_error);
  }

  .changes .head {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
  }
  .slider {
    display: grid;
    grid-template-columns: 72px minmax(0, 1fr) 48px 24px;
    align-items: center;
    gap: 0 4px;
    height: clamp(24px, (100cqh - var(--charts) - 110px) / 7, 36px);
  }
  .slider output {
    text-align: right;
    white-space: nowrap;
  }
  .switches {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    margin-top: 2px;
  }
  .switches .gap {
    margin-left: auto;
  }
  button.square {
    width: 26px;
    padding: 0;
  }

  .sweeps .head {
    display: flex;
    align-items: baseline;
    gap: 8px;
    min-width: 0;
    white-space: nowrap;
  }
  .finding {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .sweeps .status {
    flex: 0 1 auto;
    max-width: none;
  }
  .charts {
    flex: 1;
    display: grid;
    grid-template-columns: repeat(var(--axes), minmax(0, 1fr));
    gap: 4px 12px;
    min-height: 0;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .chart {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .chart-head {
    display: flex;
    justify-content: space-between;
    padding-left: 26px;
    font-size: var(--_small);
    line-height: 14px;
    white-space: nowrap;
  }
  .chart vatun-line-chart,
  .cell {
    flex: 1;
    min-height: 0;
    overflow: hidden;
  }
  .cell {
    display: flex;
    align-items: center;
    justify-content: center;
    margin: 4px 0 16px 26px;
    background: var(--_sunken);
  }
  .chart vatun-line-chart {
    transition: opacity 150ms 350ms;
  }
  .chart vatun-line-chart.outdated {
    opacity: 0.45;
  }

  .strip {
    display: flex;
    align-items: center;
    min-width: 0;
  }
  .strip .position {
    margin-left: 4px;
    white-space: nowrap;
  }
  .notice {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 12px;
    border-bottom: 1px solid var(--_line);
  }
  .notice span {
    flex: 1;
    min-width: 0;
  }
  .upload {
    max-width: 130px;
  }
  .drop {
    position: absolute;
    inset: 4px;
    z-index: 1;
    display: flex;
    align-items: center;
    justify-content: center;
    border: 2px dashed var(--_accent);
    border-radius: var(--_radius);
    background: color-mix(in srgb, var(--_bg) 85%, transparent);
    pointer-events: none;
  }
  .empty {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 12px;
    height: 100%;
    padding: 12px;
    text-align: center;
  }

  @container (max-width: 690px) {
    .layout {
      --charts: 124px;
      --side: clamp(88px, (100cqw - 36px) / 2, 240px);
      grid-template:
        'images' auto
        'explain' auto
        'classes' auto
        'changes' auto
        'charts' auto / minmax(0, 1fr);
    }
    .charts {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .chart {
      height: 124px;
    }
    .slider {
      height: 28px;
    }
    .class-table tr {
      max-width: none;
    }
  }
  @container (min-width: 500px) and (max-width: 690px) {
    .layout {
      grid-template:
        'images images' auto
        'explain explain' auto
        'classes changes' auto
        'charts charts' auto / minmax(0, 1fr) 240px;
    }
  }
  @container (max-width: 800px) {
    .explain {
      column-gap: 6px;
    }
    .explain .opacity {
      width: 44px;
    }
    .explain label .muted {
      display: none;
    }
  }
  @container (min-width: 691px) and (max-height: 350px) {
    .layout {
      --charts: 104px;
    }
    .class-table tr {
      grid-template-rows: 16px 5px;
    }
    .class-table .bars {
      margin-top: -1px;
    }
    .drift {
      margin-top: 0;
    }
    figcaption .muted {
      display: none;
    }
  }
  @container (min-width: 691px) and (min-height: 440px) {
    .layout {
      --charts: 25cqh;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .stage,
    .chart vatun-line-chart {
      transition: none;
    }
  }
`
