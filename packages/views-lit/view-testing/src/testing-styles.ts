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
      min(100cqh - var(--charts) - 90px, (100cqw - 24px - 232px - 156px - 44px) / 2),
      480px
    );
    display: grid;
    /* What the images leave goes to the charts, which gain most by it. */
    grid-template:
      'images classes changes' auto
      'explain explain changes' auto
      'charts charts charts' minmax(var(--charts), 1fr) / max-content minmax(156px, 1fr) 232px;
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
        'changes' auto
        'charts' auto
        'classes' auto / minmax(0, 1fr);
      min-height: 0;
    }
    .charts {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .chart {
      height: 124px;
    }
    .sweeps .axes {
      display: none;
    }
    .changes {
      --slider: 28px;
    }
    .sliders {
      height: auto;
      overflow: visible;
      contain: none;
    }
    .class-table tr {
      max-width: none;
    }
  }
  /* Sliders stay beside the images they move. */
  @container (min-width: 500px) and (max-width: 690px) {
    .layout {
      --side: clamp(88px, (100cqw - 24px - 224px - 28px) / 2, 240px);
      grid-template:
        'images changes' auto
        'explain changes' auto
        'charts charts' auto
        'classes classes' auto / minmax(0, 1fr) 224px;
    }
    .charts {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
  }
  @container (max-width: 860px) {
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
  @container (max-width: 760px) {
    .explain select {
      max-width: 112px;
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
