/** The icons' lines, in a square of 24. Each by itself, so that a page loads only those it shows. */
export const clock = 'M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z';
export const check = 'm5 12.5 4.5 4.5L19 7.5';
export const cross = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9 9l6 6M15 9l-6 6';
export const warning = 'M12 4 2.8 20h18.4L12 4ZM12 10v4.5M12 17.2v.3';
export const sending = 'M4 12h14M13 6.5 18.5 12 13 17.5';
export const arrowUp = 'M12 19V5M6 11l6-6 6 6';
export const arrowLeft = 'M19 12H5M11 6l-6 6 6 6';
export const arrowRight = 'M5 12h14M13 6l6 6-6 6';
export const pen = 'M4 20l1-4.5L16.5 4 20 7.5 8.5 19 4 20ZM14 6.5 17.5 10';
export const sun =
  'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4';
export const moon = 'M20 14.5A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.5Z';
export const auto = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18M12 7h5.5M12 12h9M12 17h5.5';
export const device = 'M7 3h10v18H7V3ZM11 18h2';
export const arrowDown = 'M12 5v14M6 13l6 6 6-6';
export const trash = 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5';
export const search = 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20.5 20.5';
export const comment = 'M4 5h16v11H11l-4.5 4v-4H4V5Z';
