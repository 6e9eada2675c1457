/** A blog as a file that other programs read: WordPress (WXR 1.2) with posts and comments, or Disqus with the comments alone. */
import { closeSync, openSync, writeSync } from 'node:fs';

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const notInXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const text = (value) => value.replace(notInXml, '').replace(/[&<>"]/g, (sign) => escapes[sign]);
const cdata = (value) => `<![CDATA[${value.replace(notInXml, '').replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
/** A text as a line of HTML. */
const html = (value) => cdata(text(value));
const element = (name, content) => `<${name}>${content}</${name}>\n`;

/** A file that is written piece by piece. */
function writing(path, work) {
  const file = openSync(path, 'wx', 0o600);
  try {
    return work((piece) => writeSync(file, piece));
  } finally {
    closeSync(file);
  }
}

const wordPressTime = (time) => time.slice(0, 19).replace('T', ' ');
const approvals = { approved: '1', pending: '0', rejected: 'trash' };
const slugOf = ({ title }) => title.normalize('NFKD').toLowerCase().match(/[a-z0-9]+/g)?.join('-').slice(0, 60) ?? ''; // prettier-ignore
/** What wasn't approved has no HTML that anybody was shown. */
const htmlOf = ({ html: rendered, content }) => (rendered ? rendered.trim() : `<p>${text(content)}</p>`);
const addressOf = (post, publicUrl) => `${publicUrl}/posts/${encodeURIComponent(post.id)}`;

function commentXml(comment, number, parent) {
  const time = wordPressTime(comment.createdAt);
  return element(
    'wp:comment',
    [
      element('wp:comment_id', number),
      element('wp:comment_author', html(comment.author)),
      element('wp:comment_date', time),
      element('wp:comment_date_gmt', time),
      element('wp:comment_content', cdata(htmlOf(comment))),
      element('wp:comment_approved', approvals[comment.status]),
      element('wp:comment_type', 'comment'),
      element('wp:comment_parent', parent),
    ].join(''),
  );
}

function itemXml(post, number, publicUrl) {
  const time = wordPressTime(post.createdAt);
  return [
    element('title', html(post.title)),
    element('link', text(post.formerPaths?.length > 0 ? publicUrl + post.formerPaths[0] : addressOf(post, publicUrl))),
    element('pubDate', new Date(post.createdAt).toUTCString()),
    element('content:encoded', cdata(`<!-- wp:html -->\n${post.html}\n<!-- /wp:html -->`)),
    element('wp:post_id', number),
    element('wp:post_date', time),
    element('wp:post_date_gmt', time),
    element('wp:post_modified_gmt', wordPressTime(post.updatedAt)),
    element('wp:post_name', slugOf(post)),
    element('wp:status', post.draft ? 'draft' : 'publish'),
    element('wp:post_type', 'post'),
    element('wp:post_password', ''),
    ...post.tags.map(
      (tag) =>
        `<category domain="post_tag" nicename="${text(slugOf({ title: tag }) || 'tag')}">${html(tag)}</category>\n`,
    ),
  ].join('');
}

const wxrHead = (publicUrl) => `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Blog</title>
<link>${text(publicUrl)}</link>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>${text(publicUrl)}</wp:base_site_url>
<wp:base_blog_url>${text(publicUrl)}</wp:base_blog_url>
`;

/** Numbers for ids, as both formats have them: the same at every export of the same blog. */
function createNumbers() {
  const numbers = new Map();
  return (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return numbers.get(id);
  };
}

/** Everything, drafts and what waits or was rejected too: WordPress knows these. */
export function writeWordPress(path, contents, { publicUrl }) {
  const numberOf = createNumbers();
  writing(path, (write) => {
    write(wxrHead(publicUrl));
    for (const [index, id] of contents.postIds.entries()) {
      write('<item>\n');
      write(itemXml(contents.post(id), index + 1, publicUrl));
      for (const comment of contents.commentsOf(id)) {
        write(
          commentXml(comment, numberOf(comment.id), comment.parentId === undefined ? 0 : numberOf(comment.parentId)),
        );
      }
      write('</item>\n');
    }
    write('</channel>\n</rss>\n');
  });
}

function threadXml(post, number, publicUrl) {
  return `<thread dsq:id="${number}">
<id>${text(post.id)}</id>
<link>${text(addressOf(post, publicUrl))}</link>
<title>${text(post.title)}</title>
<createdAt>${post.createdAt}</createdAt>
<isClosed>false</isClosed>
<isDeleted>false</isDeleted>
</thread>
`;
}

const disqusPost = (comment, { number, parent, thread }) => `<post dsq:id="${number}">
<message>${cdata(htmlOf(comment))}</message>
<createdAt>${comment.createdAt}</createdAt>
<isDeleted>false</isDeleted>
<isSpam>false</isSpam>
<author><name>${text(comment.author)}</name><isAnonymous>true</isAnonymous></author>
<thread dsq:id="${thread}"/>
${parent === undefined ? '' : `<parent dsq:id="${parent}"/>\n`}</post>
`;

/** What everybody may read: programs that take this format over know no comment that waits. */
export function writeDisqus(path, contents, { publicUrl }) {
  const numberOf = createNumbers();
  const posts = contents.postIds.filter((id) => !contents.post(id).draft);
  writing(path, (write) => {
    write(
      '<?xml version="1.0" encoding="utf-8"?>\n<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">\n',
    );
    for (const [index, id] of posts.entries()) write(threadXml(contents.post(id), index + 1, publicUrl));
    for (const [index, id] of posts.entries()) {
      for (const comment of contents.commentsOf(id)) {
        if (comment.status !== 'approved') continue;
        const parent = comment.parentId === undefined ? undefined : numberOf(comment.parentId);
        write(disqusPost(comment, { number: numberOf(comment.id), parent, thread: index + 1 }));
      }
    }
    write('</disqus>\n');
  });
}
