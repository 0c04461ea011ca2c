import { css } from 'lit'

/** Parts of `vatun-simulation`: small multiples beside the large chart, or above it where the panel is narrow. */
export const simulationStyles = css`
  vatun-simulation-grid {
    flex: none;
    min-width: 0;
    padding: 4px 0 4px 12px;
  }
  .focus {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-width: 0;
    padding: 8px 12px;
    border-left: 1px solid var(--_line);
  }
  .line {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    min-height: 24px;
    white-space: nowrap;
  }
  .search {
    width: 120px;
    height: 24px;
    padding: 0 6px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_bg);
  }
  h3 {
    margin: 0;
    font-size: 13px;
    min-width: 0;
    overflow: hidden;
    font-weight: 600;
    text-overflow: ellipsis;
  }
  vatun-line-chart {
    flex: 1;
    min-height: 96px;
    margin: 0 0 4px;
  }
  .caption {
    line-height: 14px;
  }
  .caption [part='count'] {
    white-space: nowrap;
  }
  .nothing {
    flex: 1;
    margin: 12px 0;
  }
  .error {
    margin: 4px 0 0;
    color: var(--_error);
  }
  .narrow {
    flex-direction: column;
  }
  .narrow vatun-line-chart {
    min-height: 80px;
  }
  .narrow vatun-simulation-grid {
    flex: 1 1 0 !important;
    min-height: 0;
    padding-left: 8px;
  }
  .narrow .focus {
    flex: 1.5 1 0;
    min-height: 0;
    padding: 4px 12px;
    overflow: auto;
    border-top: 1px solid var(--_line);
    border-left: 0;
  }
`
