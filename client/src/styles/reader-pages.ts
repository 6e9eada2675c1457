import './tokens.css';
import './base.css';
import './prose.css';
// The parts that stay HTML run no script in the browser, so that nothing else would bring their styles there.
import '../features/posts/Article.module.css';
import '../features/posts/PostList.module.css';
import '../features/posts/SearchForm.module.css';
import '../features/posts/Tags.module.css';
import '../features/shortcuts/Shortcuts.module.css';
import '../features/theme/ThemeChoice.module.css';
import '../routes/AccountMenu.module.css';
import '../routes/Document.module.css';
import '../routes/EmbedPage.module.css';
import '../routes/ErrorPage.module.css';
import '../routes/FrontPage.module.css';
import '../routes/PostPage.module.css';
import '../routes/SignInPage.module.css';
