export default {
  compilerOptions: {
    runes: true,
    discloseVersion: false,
    // Every element with a style of its own carries this: shorter than Svelte's own names.
    cssHash: ({ css, hash }) => `s${hash(css).slice(0, 4)}`,
  },
};
