export interface CourseComment {
  id: string;
  content: string;
  status: string;
}

export interface CoursePost {
  id: string;
  title: string;
  comments: CourseComment[];
}

export function createClient(urls: { postsUrl: string; commentsUrl: string; queryUrl: string }): {
  createPost: (title: string) => Promise<void>;
  fetchPosts: () => Promise<CoursePost[]>;
  createComment: (postId: string, content: string) => Promise<void>;
  renderComments: (comments: CourseComment[]) => string[];
};
