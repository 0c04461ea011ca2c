import { css } from 'lit'

/** Grad-CAM controls, sliders and switches of `vatun-testing`. */
export const controlStyles = css`
  .explain label {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-width: 0;
  }
  .explain .opacity {
    width: 56px;
  }
  .explain select,
  .explain vatun-class-picker {
    max-width: 140px;
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

  .changes {
    display: flex;
    flex-direction: column;
    --slider: clamp(22px, (100cqh - var(--charts) - 110px) / 7, 32px);
  }
  .changes .head {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
  }
  /* As many sliders as have room; the others are scrolled to, so that they do not push the charts out of sight. */
  .sliders {
    flex: 1 0 auto;
    height: calc(min(var(--axes), 6) * var(--slider));
    max-height: calc(var(--axes) * var(--slider));
    overflow-y: auto;
    contain: size;
    scrollbar-width: thin;
  }
  .slider {
    display: grid;
    grid-template-columns: 80px minmax(0, 1fr) 48px 24px;
    align-items: center;
    gap: 0 4px;
    height: var(--slider);
  }
  .slider .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
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
  .switches .what {
    width: 38px;
  }
  .switches select {
    width: 66px;
    padding: 0 2px;
  }
  .switches .last {
    margin-left: auto;
  }
  button.square {
    width: 26px;
    padding: 0;
  }
`
