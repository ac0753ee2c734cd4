// What the JupyterLab build adds to JupyterLab's own: TypeScript straight from the sources.
module.exports = {
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: "builtin:swc-loader",
        options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } },
        type: "javascript/auto",
      },
    ],
  },
  resolve: { extensions: [".ts", ".js"] },
};
