export { h, setText } from "../../panels/dom";
