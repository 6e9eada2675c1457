// What the course's React client does over HTTP, without React.
const axios = require('axios');

const createClient = ({ postsUrl, commentsUrl, queryUrl }) => {
  // PostCreate.js
  const createPost = async (title) => {
    await axios.post(`${postsUrl}/posts/create`, {
      title,
    });
  };

  // PostList.js
  const fetchPosts = async () => {
    const res = await axios.get(`${queryUrl}/posts`);

    return Object.values(res.data);
  };

  // CommentCreate.js
  const createComment = async (postId, content) => {
    await axios.post(`${commentsUrl}/posts/${postId}/comments`, {
      content,
    });
  };

  // CommentList.js
  const renderComments = (comments) => {
    return comments.map((comment) => {
      let content;

      if (comment.status === 'approved') {
        content = comment.content;
      }

      if (comment.status === 'pending') {
        content = 'This comment is awaiting moderation';
      }

      if (comment.status === 'rejected') {
        content = 'This comment has been rejected';
      }

      return content;
    });
  };

  return { createPost, fetchPosts, createComment, renderComments };
};

module.exports = { createClient };
