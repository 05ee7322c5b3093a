import { linkParts } from "./links";
import classes from "./TextWithLinks.module.css";

/** Plain text as it was written, with its addresses as links; those of this installation open here. */
export function TextWithLinks({ text }: { text: string }) {
  return (
    <div className={classes.text}>
      {linkParts(text, window.location.origin).map((part, index) =>
        part.href ? (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
            key={index}
            href={part.href}
            className={classes.link}
            {...(!part.isOurs && { target: "_blank", rel: "noreferrer" })}
          >
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </div>
  );
}
