import { css } from 'lit'

/** The charts of `vatun-testing` over the range of every change. */
export const sweepStyles = css`
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
  .sweeps .axes {
    margin-left: auto;
  }
  .sweeps .status {
    flex: 0 1 auto;
    max-width: none;
  }
  .charts {
    flex: 1;
    display: grid;
    grid-template-columns: repeat(var(--axes), minmax(100px, 1fr));
    gap: 4px 12px;
    min-height: 0;
    overflow-x: auto;
    scrollbar-width: thin;
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
  .chart-head span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .chart-head span + span {
    flex: none;
    margin-left: 4px;
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
`
